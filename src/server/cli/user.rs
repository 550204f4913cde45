//! `user create`.

use super::{CliError, find_organization, parse_role};
use crate::{
    domain::{access::Role, ids::UserId},
    server::{
        auth::password,
        clock,
        store::{Db, OrgDb},
    },
};
use clap::Subcommand;
use std::process::ExitCode;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a person with the password on standard input, or adds one who is there to another organization;
    /// prints the id
    Create {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        #[arg(long)]
        email: String,
        /// admin or member
        #[arg(long, value_parser = parse_role)]
        role: Role,
    },
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    let Command::Create { org, email, role } = command;
    let organization_id = find_organization(db, &org).await?;
    let org = OrgDb::new(db.clone(), organization_id);
    if !email.contains('@') || email.chars().count() > 320 || email.chars().any(char::is_control) {
        return Err(CliError::Refused(format!("{email} is not an email address")));
    }
    let user_id = match db.find_user(&email).await? {
        Some(user) if org.has_member(user.id).await? => {
            return Err(CliError::Refused(format!("{email} is a member already")));
        }
        // Their password is theirs, whatever stands on standard input.
        Some(user) => user.id,
        None => {
            let id = UserId(clock::new_id());
            db.insert_user(id, &email, &password::hash(&read_password()?)?, clock::now()).await?;
            id
        }
    };
    org.add_member(user_id, role).await?;
    println!("{user_id}");
    Ok(ExitCode::SUCCESS)
}

/// The first line of standard input.
fn read_password() -> Result<String, CliError> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| CliError::Read("standard input".to_owned(), error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
