//! Files that lie in messages as base64, taken out to be stored by themselves. An address of a file stays an address;
//! nothing is ever fetched.

use crate::{
    domain::{
        ids::{AttachmentId, RunId},
        step::Attachment,
    },
    server::otlp::limits,
};
use axum::body::Bytes;
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// The most files of one run; those after them stay where they are.
const MAX_FILES: usize = 1_000;
const UNKNOWN: &str = "application/octet-stream";

/// Members that hold bytes, that tell their type, and that name them.
const BYTES: [&str; 3] = ["content", "data", "base64"];
const TYPES: [&str; 4] = ["mime_type", "media_type", "mediaType", "mimeType"];
const NAMES: [&str; 3] = ["name", "filename", "file_name"];

/// With or without padding, as clients please.
const BASE64: [GeneralPurpose; 2] = {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [GeneralPurpose::new(&alphabet::STANDARD, config), GeneralPurpose::new(&alphabet::URL_SAFE, config)]
};

/// A file of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFile {
    /// Its id is made of the run and the bytes: the same bytes are one file.
    pub attachment: Attachment,
    pub bytes: Bytes,
}

/// The files of a run, as they are found.
pub(super) struct Files {
    run_id: RunId,
    known: HashMap<AttachmentId, usize>,
    found: Vec<RunFile>,
}

impl Files {
    pub(super) fn of(run_id: RunId) -> Self {
        Self { run_id, known: HashMap::new(), found: Vec::new() }
    }

    /// Takes all files out of a value, and leaves their ids.
    pub(super) fn take_out_of(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                if let Some(id) = self.of_data_address(text) {
                    *text = reference(id);
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.take_out_of(item)),
            Value::Object(members) => {
                self.of_members(members);
                members.values_mut().for_each(|member| self.take_out_of(member));
            }
            _ => {}
        }
    }

    pub(super) fn attachments(&self) -> Vec<Attachment> {
        self.found.iter().map(|file| file.attachment.clone()).collect()
    }

    /// The only sound of the run.
    pub(super) fn recording(&self) -> Option<AttachmentId> {
        let mut sounds = self.found.iter().filter(|file| file.attachment.media_type.starts_with("audio/"));
        sounds.next().filter(|_| sounds.next().is_none()).map(|file| file.attachment.id)
    }

    pub(super) fn into_files(self) -> Vec<RunFile> {
        self.found
    }

    fn of_data_address(&mut self, text: &str) -> Option<AttachmentId> {
        let (head, bytes) = text.strip_prefix("data:")?.split_once(',')?;
        let media_type = head.strip_suffix(";base64")?;
        self.add(decode(bytes)?, media_type, None)
    }

    fn of_members(&mut self, members: &mut Map<String, Value>) {
        if matches!(members.get("type").and_then(Value::as_str), Some("text" | "reasoning" | "tool_call_response")) {
            return;
        }
        let text = |names: &[&'static str]| names.iter().find_map(|name| Some((*name, members.get(*name)?.as_str()?)));
        // A sound for OpenAI has a format instead of a type.
        let format =
            || members.get("data").and(members.get("format")?.as_str()).map(|format| format!("audio/{format}"));
        let media_type = text(&TYPES).map(|(_, media_type)| media_type.to_owned()).or_else(format);
        let Some((media_type, (place, bytes))) = media_type.zip(text(&BYTES)) else { return };
        let Some(bytes) = decode(bytes) else { return };
        let name = text(&NAMES).map(|(_, name)| name.to_owned());
        if let Some(id) = self.add(bytes, &media_type, name) {
            members.insert(place.to_owned(), Value::String(reference(id)));
        }
    }

    fn add(&mut self, bytes: Vec<u8>, media_type: &str, name: Option<String>) -> Option<AttachmentId> {
        let id = AttachmentId(Uuid::new_v5(&self.run_id.0, &Sha256::digest(&bytes)));
        if self.known.contains_key(&id) {
            return Some(id);
        }
        if self.found.len() == MAX_FILES {
            return None;
        }
        let media_type = limits::name(&media_type.to_ascii_lowercase()).unwrap_or_else(|| UNKNOWN.to_owned());
        let number = self.found.len() + 1;
        let name = name.and_then(|name| limits::name(&name)).unwrap_or_else(|| default_name(&media_type, number));
        let size = u64::try_from(bytes.len()).ok()?;
        self.known.insert(id, self.found.len());
        self.found.push(RunFile { attachment: Attachment { id, name, media_type, size }, bytes: bytes.into() });
        Some(id)
    }
}

fn reference(id: AttachmentId) -> String {
    format!("attachment:{id}")
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let text = text.trim();
    BASE64.iter().find_map(|engine| engine.decode(text).ok()).filter(|bytes| !bytes.is_empty())
}

/// `image-1.png`, as far as the type tells.
fn default_name(media_type: &str, number: usize) -> String {
    let essence = media_type.split(';').next().unwrap_or_default();
    let (kind, subtype) = essence.split_once('/').unwrap_or(("file", ""));
    let kind = if ["image", "audio", "video", "text"].contains(&kind) { kind } else { "file" };
    let is_ending =
        !subtype.is_empty() && subtype.len() <= 8 && subtype.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if is_ending { format!("{kind}-{number}.{subtype}") } else { format!("{kind}-{number}") }
}
