//! Sound for calls: one soft tone for each turn of speech, as a WAV file of 8 kHz, 8 bit, one channel.

use crate::domain::step::VoiceTurn;

const RATE: u64 = 8_000;
const LOUDNESS: i64 = 30;
/// Samples over which a tone swells and fades, so that it does not click.
const FADE: u64 = 320;
/// A pentatonic scale in hertz: callers have the lower half, those who answer the upper.
const CALLER_TONES: [u64; 3] = [220, 262, 294];
const AGENT_TONES: [u64; 3] = [392, 440, 523];
const SILENCE: u8 = 128;

/// A recording in which every turn sounds from its start to its end.
pub fn recording(turns: &[VoiceTurn]) -> Vec<u8> {
    let millis = turns.iter().filter_map(|turn| turn.end_ms).max().unwrap_or(0);
    let mut samples = vec![SILENCE; usize::try_from(millis * RATE / 1000).unwrap_or(0)];
    for (index, turn) in turns.iter().enumerate() {
        let tones = if turn.speaker == "caller" { &CALLER_TONES } else { &AGENT_TONES };
        let (start, end) = (turn.start_ms.unwrap_or(0) * RATE / 1000, turn.end_ms.unwrap_or(0) * RATE / 1000);
        let from = usize::try_from(start).unwrap_or(0).min(samples.len());
        for (at, sample) in (0..end.saturating_sub(start)).zip(&mut samples[from..]) {
            *sample = tone(at, end - start, tones[index / 2 % tones.len()]);
        }
    }
    wav(&samples)
}

/// Sample `at` of a tone of `length` samples. The wave is made of parabolas, which sound nearly like a sine.
fn tone(at: u64, length: u64, hertz: u64) -> u8 {
    const HALF: i64 = 4_000;
    let phase = (at * hertz % RATE).cast_signed();
    let place = phase % HALF;
    let arch = 4 * place * (HALF - place) * LOUDNESS / (HALF * HALF);
    let swell = at.min(length - at).min(FADE).cast_signed();
    let height = arch * swell / FADE.cast_signed();
    let value = i64::from(SILENCE) + if phase < HALF { height } else { -height };
    u8::try_from(value).unwrap_or(SILENCE)
}

fn wav(samples: &[u8]) -> Vec<u8> {
    let length = u32::try_from(samples.len()).unwrap_or(0);
    let rate = 8_000_u32.to_le_bytes();
    let mut file = Vec::with_capacity(samples.len() + 44);
    for part in [
        b"RIFF".as_slice(),
        &(length + 36).to_le_bytes(),
        b"WAVEfmt ",
        &16_u32.to_le_bytes(),
        // PCM, one channel, the samples a second, the bytes a second, the bytes and the bits of a sample.
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &rate,
        &rate,
        &1_u16.to_le_bytes(),
        &8_u16.to_le_bytes(),
        b"data",
        &length.to_le_bytes(),
        samples,
    ] {
        file.extend_from_slice(part);
    }
    // Chunks have an even length.
    if samples.len() % 2 == 1 {
        file.push(0);
    }
    file
}
