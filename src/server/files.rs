//! The bytes of attachments, apart from the database: in a folder, or in a bucket of whatever speaks S3.

use super::settings::Settings;
use crate::domain::ids::{AttachmentId, OrganizationId, RunId};
use axum::body::Body;
use futures_util::TryStreamExt;
use object_store::{
    BackoffConfig, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use std::{ops::Range, path::PathBuf, sync::Arc, time::Duration};

/// A bucket that is out of reach is given up while somebody still waits for the answer.
const WITHIN_A_REQUEST: RetryConfig = RetryConfig {
    backoff: BackoffConfig { init_backoff: Duration::from_millis(100), max_backoff: Duration::from_secs(1), base: 2.0 },
    max_retries: 4,
    retry_timeout: Duration::from_secs(5),
};

/// Where attachments lie.
#[derive(Debug, Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// Why a file cannot be stored.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error("the folder {0} of the attachments cannot be made: {1}")]
    Folder(PathBuf, std::io::Error),
    #[error("{0} is no place for attachments: it must be s3://BUCKET or s3://BUCKET/PREFIX")]
    Url(String),
    #[error("an attachment cannot be stored: {0}")]
    Store(#[from] object_store::Error),
}

impl Files {
    /// Where the settings say.
    pub fn open(settings: &Settings) -> Result<Self, FilesError> {
        match settings.attachments_url.as_str() {
            "" => Self::in_folder(&settings.attachments_dir),
            url => Self::in_bucket(url),
        }
    }

    /// In a bucket. Who we are and where it is stands in the environment variables of every S3 client, `AWS_ACCESS_KEY_ID`
    /// and so on.
    fn in_bucket(url: &str) -> Result<Self, FilesError> {
        let place = url.strip_prefix("s3://").map(|place| place.split_once('/').unwrap_or((place, "")));
        let (bucket, prefix) =
            place.filter(|(bucket, _)| !bucket.is_empty()).ok_or_else(|| FilesError::Url(url.to_owned()))?;
        let store = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(WITHIN_A_REQUEST).build()?;
        Ok(Self(Arc::new(PrefixStore::new(store, prefix))))
    }

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

    /// Removes the bytes of all attachments of a run but those that are kept.
    pub async fn remove_of_run(
        &self,
        organization_id: OrganizationId,
        run_id: RunId,
        is_kept: impl Fn(&str) -> bool,
    ) -> Result<(), FilesError> {
        let mut files = self.0.list(Some(&of_run(organization_id, run_id)));
        while let Some(file) = files.try_next().await? {
            if !file.location.filename().is_some_and(&is_kept) {
                self.0.delete(&file.location).await?;
            }
        }
        Ok(())
    }
}

fn of_run(organization_id: OrganizationId, run_id: RunId) -> Path {
    Path::from_iter([organization_id.to_string(), run_id.to_string()])
}

fn path(organization_id: OrganizationId, run_id: RunId, attachment_id: AttachmentId) -> Path {
    of_run(organization_id, run_id).join(attachment_id.to_string())
}
