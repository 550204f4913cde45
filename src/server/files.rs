//! The bytes of attachments, apart from the database.

use crate::domain::ids::{AttachmentId, OrganizationId, RunId};
use axum::body::Body;
use object_store::{GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem, path::Path};
use std::{ops::Range, path::PathBuf, sync::Arc};

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
        Ok(Self(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true))))
    }

    /// How many bytes an attachment has; `None` when none were stored.
    pub async fn size(
        &self,
        organization_id: OrganizationId,
        run_id: RunId,
        attachment_id: AttachmentId,
    ) -> Result<Option<u64>, FilesError> {
        match self.0.head(&path(organization_id, run_id, attachment_id)).await {
            Ok(file) => Ok(Some(file.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The bytes of an attachment, or a part of them, as they come.
    pub async fn read(
        &self,
        organization_id: OrganizationId,
        run_id: RunId,
        attachment_id: AttachmentId,
        part: Option<Range<u64>>,
    ) -> Result<Body, FilesError> {
        let options = GetOptions { range: part.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.0.get_opts(&path(organization_id, run_id, attachment_id), options).await?;
        Ok(Body::from_stream(found.into_stream()))
    }

    /// Stores the bytes of an attachment; they are on disk when it returns.
    pub async fn put(
        &self,
        organization_id: OrganizationId,
        run_id: RunId,
        attachment_id: AttachmentId,
        bytes: impl Into<PutPayload>,
    ) -> Result<(), FilesError> {
        self.0.put(&path(organization_id, run_id, attachment_id), bytes.into()).await?;
        Ok(())
    }
}

fn path(organization_id: OrganizationId, run_id: RunId, attachment_id: AttachmentId) -> Path {
    Path::from_iter([organization_id.to_string(), run_id.to_string(), attachment_id.to_string()])
}
