//! Drafts: what people typed so far, and what is wrong with it softly: it is
//! said, and kept all the same.

use crate::form::{FormAsked, chosen_unit, explain, own_document};
use crate::problem::Problem;
use crate::store::accounts::Account;
use akses_domain::form::{Fault, read};
use serde::Serialize;
use serde_json::{Map, Value};

/// What a draft still needs before it can be sent.
#[derive(Debug, Default, Serialize)]
pub struct Review {
    /// Fields that hold what cannot be sent.
    pub problems: Vec<FieldProblem>,
    /// Required fields that are empty.
    pub missing: Vec<String>,
}

/// What is wrong with one field.
#[derive(Debug, Serialize)]
pub struct FieldProblem {
    /// Its name.
    pub field: String,
    /// What to do.
    pub detail: String,
}

/// Looks at what was typed with the form as it is asked today.
///
/// # Errors
/// What the store could not do.
pub fn review(
    account: &Account,
    role: &str,
    typed: &Map<String, Value>,
) -> Result<Review, Problem> {
    let unit = chosen_unit(typed)?;
    let form = FormAsked::load(account, role, unit.as_ref())?;
    let (answers, wrong) = read(&form.asked(), typed);
    let mut review = Review::default();
    if let Some(document) = answers.document {
        let owner = account.id.parse();
        let owner = owner.map_err(|_| Problem::internal("an account's id is none"))?;
        match own_document("document", document, owner) {
            Err(problem) if problem.first_field().is_some() => {
                review.problems.extend(named(&problem))
            }
            looked_up => drop(looked_up?),
        }
    }
    for wrong in wrong {
        match wrong.fault {
            Fault::Missing | Fault::AddressMissing => review.missing.push(wrong.field),
            _ => review.problems.extend(named(&explain(&wrong))),
        }
    }
    Ok(review)
}

fn named(problem: &Problem) -> Vec<FieldProblem> {
    let errors = problem.errors().iter();
    errors
        .map(|(field, detail)| FieldProblem {
            field: field.clone(),
            detail: detail.clone(),
        })
        .collect()
}
