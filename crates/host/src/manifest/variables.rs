//! Variables: their values, and the `{{ name }}` templates that use them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

use super::{Manifest, VariableDeclaration};

/// The values of all application variables, fixed for the life of the process.
#[derive(Clone)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// Takes the defaults of the manifest and what the operator supplied.
    ///
    /// A supplied name that the manifest does not declare is an error: it is
    /// more often a typing mistake than a wish to be ignored.
    pub fn resolve(manifest: &Manifest, supplied: &BTreeMap<String, String>) -> Result<Self> {
        for name in supplied.keys() {
            ensure!(
                manifest.variables.contains_key(name),
                "variable {name:?} is supplied, but the manifest does not declare it under [variables]"
            );
        }
        let value = |(name, declaration): (&String, &VariableDeclaration)| {
            let value = supplied.get(name).or(declaration.default.as_ref());
            let value = value.with_context(|| {
                format!("variable {name:?} is required; supply it with --variable {name}=VALUE")
            })?;
            Ok((name.clone(), value.clone()))
        };
        Ok(Self(
            manifest
                .variables
                .iter()
                .map(value)
                .collect::<Result<_>>()?,
        ))
    }

    /// Replaces every `{{ name }}` in `template`.
    pub fn expand(&self, template: &str) -> Result<String> {
        let mut expanded = String::new();
        let mut rest = template;
        while let Some((literal, after)) = rest.split_once("{{") {
            expanded.push_str(literal);
            let (name, after) = after
                .split_once("}}")
                .with_context(|| format!("template {template:?} has '{{{{' without '}}}}'"))?;
            let name = name.trim();
            let Some(value) = self.0.get(name) else {
                bail!("template {template:?} uses {name:?}, which [variables] does not declare");
            };
            expanded.push_str(value);
            rest = after;
        }
        expanded.push_str(rest);
        Ok(expanded)
    }

    /// The variables one component may read, by name.
    pub fn of_component(
        &self,
        templates: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>> {
        templates
            .iter()
            .map(|(name, template)| {
                validate_name(name)?;
                Ok((name.clone(), self.expand(template)?))
            })
            .collect()
    }
}

/// The rules of Spin for the name of a variable.
pub(super) fn validate_name(name: &str) -> Result<()> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    ensure!(
        name.chars().all(is_allowed)
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('_')
            && !name.contains("__"),
        "the name of a variable is made of lower-case letters, digits and single underscores \
         between them, and starts with a letter"
    );
    Ok(())
}

/// Whether a guest may ask for this name at all.
pub(crate) fn is_valid_name(name: &str) -> bool {
    validate_name(name).is_ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn manifest() -> Manifest {
        let text = "spin_manifest_version = 2\n[application]\nname = \"demo\"\n[variables]\n\
                    a = { default = \"1\" }\nb = { required = true }\n";
        Manifest::parse(text, Path::new(".")).unwrap()
    }

    fn supplied(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn expands_templates() {
        let variables = Variables::resolve(&manifest(), &supplied(&[("b", "2")])).unwrap();
        for (template, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("{{a}}", "1"),
            ("x {{ a }}{{ b }} y", "x 12 y"),
            ("}} {{ a }}", "}} 1"),
        ] {
            assert_eq!(variables.expand(template).unwrap(), expected);
        }
        assert!(variables.expand("{{ a").is_err());
        assert!(variables.expand("{{ c }}").is_err());
    }

    #[test]
    fn supplied_values_win_and_must_be_declared() {
        let variables =
            Variables::resolve(&manifest(), &supplied(&[("a", "9"), ("b", "2")])).unwrap();
        assert_eq!(variables.expand("{{ a }}").unwrap(), "9");
        assert!(Variables::resolve(&manifest(), &supplied(&[("b", "2"), ("c", "3")])).is_err());
    }

    #[test]
    fn a_required_variable_must_be_supplied() {
        let Err(error) = Variables::resolve(&manifest(), &supplied(&[])) else {
            panic!("b is missing");
        };
        assert!(error.to_string().contains("--variable b=VALUE"), "{error}");
    }

    #[test]
    fn names_follow_the_rules_of_spin() {
        for good in ["a", "a1", "smtp_relay", "a_1"] {
            assert!(is_valid_name(good), "{good}");
        }
        for bad in ["", "A", "1a", "_a", "a_", "a__b", "a-b"] {
            assert!(!is_valid_name(bad), "{bad}");
        }
    }
}
