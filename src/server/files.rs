//! The bytes of attachments, apart from the database.

use crate::domain::ids::{AttachmentId, OrganizationId, RunId};
use object_store::{ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path};
use std::{path::PathBuf, sync::Arc};

/// Where attachments lie.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// Why a file cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("the folder {0} of the attachments cannot be made: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error("an attachment cannot be stored: {0}")]
    Store(#[from] object_store::Error),
}

impl Files {
    /// In a folder, which is made when it is not there.
    pub fn in_folder(folder: &std::path::Path) -> Result<Self, FilesError> {
        std::fs::create_dir_all(folder).map_err(|error| FilesError::Folder(folder.to_owned(), error))?;
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(folder)?)))
    }

    /// Stores the bytes of an attachment.
    pub async fn put(
        &self,
        organization_id: OrganizationId,
        run_id: RunId,
        attachment_id: AttachmentId,
        bytes: Vec<u8>,
    ) -> Result<(), FilesError> {
        let path = Path::from_iter([organization_id.to_string(), run_id.to_string(), attachment_id.to_string()]);
        self.0.put(&path, bytes.into()).await?;
        Ok(())
    }
}
