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
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// Whom a command is about.
#[derive(Debug, Args)]
pub struct Member {
    /// The organization, by id or name
    #[arg(long)]
    org: String,
    #[arg(long)]
    email: String,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a person with the password on standard input, or adds one who is there to another organization;
    /// prints the id
    Create {
        #[command(flatten)]
        member: Member,
        /// admin or member
        #[arg(long, value_parser = parse_role)]
        role: Role,
    },
    /// Gives a member another role, at once
    Role {
        #[command(flatten)]
        member: Member,
        /// admin or member
        #[arg(long, value_parser = parse_role)]
        role: Role,
    },
    /// Takes a member out of an organization, at once
    Remove(Member),
}

pub async fn run(db: &Db, command: Command) -> Result<ExitCode, CliError> {
    match command {
        Command::Create { member: Member { org, email }, role } => {
            create(db, &open_organization(db, &org).await?, &email, role).await?;
        }
        Command::Role { member: Member { org, email }, role } => {
            let org = open_organization(db, &org).await?;
            org.add_member(find_member(db, &org, &email).await?, role).await?;
        }
        Command::Remove(Member { org, email }) => {
            let org = open_organization(db, &org).await?;
            org.remove_member(find_member(db, &org, &email).await?).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The member with this email.
async fn find_member(db: &Db, org: &OrgDb, email: &str) -> Result<UserId, CliError> {
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
