SELECT number, duty, clock, amount, activity, requirement, output, remark
FROM reset_step
ORDER BY number
