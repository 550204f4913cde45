//! What is not text.

use super::*;

#[test]
fn files_are_taken_out_of_messages() {
    let picture = "iVBORw0KGgo=";
    let messages = json!([
        { "role": "user", "parts": [
            { "type": "text", "content": "See this" },
            { "type": "blob", "modality": "image", "mime_type": "image/png", "content": picture },
            { "type": "uri", "modality": "image", "mime_type": "image/png", "uri": "https://shop.example/a.png" },
        ] },
        { "role": "user", "content": [
            { "type": "image_url", "image_url": { "url": format!("data:image/png;base64,{picture}") } },
            { "type": "input_audio", "input_audio": { "data": "UklGRg", "format": "wav" } },
            { "type": "file", "mediaType": "application/pdf", "filename": "bill.pdf", "data": "JVBERi0=" },
        ] },
    ]);
    let run =
        map(&[span(1, None, (0, 1), model(json!({ "gen_ai.input.messages": messages.to_string() })))], false).unwrap();
    let document = &run.write.document;
    let files: Vec<_> =
        document.attachments.iter().map(|file| (file.name.as_str(), file.media_type.as_str(), file.size)).collect();
    assert_eq!(
        files,
        [("image-1.png", "image/png", 8), ("audio-2.wav", "audio/wav", 4), ("bill.pdf", "application/pdf", 5)]
    );
    assert_eq!(
        run.files.iter().map(|file| file.bytes.as_ref()).collect::<Vec<_>>(),
        [b"\x89PNG\r\n\x1a\n".as_slice(), b"RIFF", b"%PDF-"]
    );
    let input = document.steps[0].input.as_ref().unwrap().to_value();
    let picture = format!("attachment:{}", document.attachments[0].id);
    assert_eq!(input[0]["parts"][1]["content"], picture);
    assert_eq!(input[0]["parts"][2]["uri"], "https://shop.example/a.png");
    assert_eq!(input[1]["content"][0]["image_url"]["url"], picture);
    assert_eq!(document.input_message.as_deref(), Some("See this"));
}

#[test]
fn what_was_said_aloud_is_a_transcript() {
    let heard = json!({ "lk.user_transcript": "My order came twice.", "alloy.step.type": "turn" });
    let answered = model(json!({
        "lk.response.text": "I am sorry.",
        "gen_ai.output.messages": [{ "role": "assistant", "parts": [
            { "type": "blob", "mime_type": "audio/wav", "content": "UklGRg==", "transcript": "Sorry." }
        ] }],
    }));
    let document = document(&[
        span(1, None, (0, 2), heard.clone()),
        span(2, Some(1), (3, 5), answered),
        span(3, Some(1), (6, 7), heard),
    ]);
    let transcript = &document.voice_transcripts[0];
    let turns: Vec<_> =
        transcript.turns.iter().map(|turn| (turn.speaker.as_str(), turn.text.as_str(), turn.start_ms)).collect();
    assert_eq!(
        turns,
        [
            ("user", "My order came twice.", Some(0)),
            ("assistant", "I am sorry.", Some(3_000)),
            ("assistant", "Sorry.", Some(3_000))
        ]
    );
    assert_eq!(transcript.attachment_id, Some(document.attachments[0].id));
}
