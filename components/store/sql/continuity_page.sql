-- How institutions after ?1 stand, with what is known of each; ?2 at most.
SELECT i.id, i.name, i.zone,
       (SELECT max(a.ends_at)
        FROM role_duty AS duties
        CROSS JOIN access AS a INDEXED BY access_of_role
          ON a.role = duties.role AND a.institution = i.id
        WHERE duties.duty = 'vai' AND a.standing = 'active') AS last_end,
       g.state, g.last_end AS known_end, coalesce(g.version, 0) AS version
FROM institution AS i
LEFT JOIN verifier_gap AS g ON g.institution = i.id
WHERE i.id > coalesce(?1, '')
ORDER BY i.id
LIMIT ?2
