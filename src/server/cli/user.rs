//! `user create`, `user role` and `user remove`.

use super::{CliError, open_organization, parse_role};
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
    /// Gives a member another role, at once
    Role {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        #[arg(long)]
        email: String,
        /// admin or member
        #[arg(long, value_parser = parse_role)]
        role: Role,
    },
    /// Takes a member out of an organization, at once
    Remove {
        /// The organization, by id or name
        #[arg(long)]
        org: String,
        #[arg(long)]
        email: String,
    },
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Create { org, email, role } => create(db, &open_organization(db, &org).await?, &email, role).await?,
        Command::Role { org, email, role } => {
            let org = open_organization(db, &org).await?;
            org.add_member(member(db, &org, &email).await?, role).await?;
        }
        Command::Remove { org, email } => {
            let org = open_organization(db, &org).await?;
            org.remove_member(member(db, &org, &email).await?).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The member with this email.
async fn member(db: &Db, org: &OrgDb, email: &str) -> Result<UserId, CliError> {
    match db.find_user(email).await? {
        Some(user) if org.has_member(user.id).await? => Ok(user.id),
        _ => Err(CliError::Refused(format!("{email} is no member"))),
    }
}

async fn create(db: &Db, org: &OrgDb, email: &str, role: Role) -> Result<(), CliError> {
    if !email.contains('@') || email.chars().count() > 320 || email.chars().any(char::is_control) {
        return Err(CliError::Refused(format!("{email} is not an email address")));
    }
    let user_id = match db.find_user(email).await? {
        Some(user) if org.has_member(user.id).await? => {
            return Err(CliError::Refused(format!("{email} is a member already")));
        }
        // Their password is theirs, whatever stands on standard input.
        Some(user) => user.id,
        None => {
            let id = UserId(clock::new_id());
            db.insert_user(id, email, &password::hash(&read_password()?)?, clock::now()).await?;
            id
        }
    };
    org.add_member(user_id, role).await?;
    println!("{user_id}");
    Ok(())
}

/// The first line of standard input.
fn read_password() -> Result<String, CliError> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|error| CliError::Read("standard input".to_owned(), error))?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
