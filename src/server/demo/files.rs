//! The files of a run, byte by byte: a PDF, a table, a chart and a note.

use super::{case::Case, draw::Draw};

/// A file before it has an id.
pub struct File {
    pub name: String,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// An invoice of the company, as a PDF of one page.
pub fn invoice(case: &Case) -> File {
    let lines = [
        "{company}",
        "Invoice {invoice}",
        "",
        "{count} x {product} ({sku})",
        "Total {amount}",
        "",
        "IBAN {iban}",
        "Due {due}",
    ];
    let page = page_content(&lines.map(|line| case.fill(line)));
    File { name: format!("{}.pdf", case.invoice), media_type: "application/pdf", bytes: pdf(&page) }
}

/// The lines of an order as a table with commas.
pub fn table(case: &Case, draw: &mut Draw) -> File {
    let mut text = "sku,title,pieces,unit,currency,note\r\n".to_owned();
    for line in 1..=draw.between(6, 40) {
        let note = draw.pick(&["", "\"fragile, this side up\"", "\"says \"\"urgent\"\"\"", "später", "在庫なし"]);
        let cents = draw.between(250, 90_000);
        let unit = format!("{}.{:02}", cents / 100, cents % 100);
        let row = [case.product.sku, &format!("\"{} #{line}\"", case.product.name), "1", &unit, case.currency, note];
        text.push_str(&row.join(","));
        text.push_str("\r\n");
    }
    File { name: format!("{}.csv", case.order), media_type: "text/csv", bytes: text.into_bytes() }
}

/// A note by a colleague.
pub fn note(case: &Case) -> File {
    let text = case.fill("Note of {colleague}, {today}\n\n{customer} ({city}) called about {order}.\nAgreed: {half} back, rest stays.\n\nÄÖÜ ß é 漢字 🙂\n");
    File { name: "note.txt".to_owned(), media_type: "text/plain", bytes: text.into_bytes() }
}

/// A bar chart, as a picture of four colours.
pub fn chart(draw: &mut Draw) -> File {
    let bars: Vec<usize> = (0..7).map(|_| 12 + draw.index(76)).collect();
    File { name: "chart.png".to_owned(), media_type: "image/png", bytes: png(&bars) }
}

fn page_content(lines: &[String]) -> Vec<u8> {
    let mut content = b"BT /F1 12 Tf 60 780 Td 18 TL\n".to_vec();
    for line in lines {
        content.push(b'(');
        for sign in line.chars() {
            match sign {
                '(' | ')' | '\\' => content.extend([b'\\', u8::try_from(sign).unwrap_or(b'?')]),
                '€' => content.push(0x80),
                _ => content.push(u8::try_from(sign).unwrap_or(b'?')),
            }
        }
        content.extend_from_slice(b") Tj T*\n");
    }
    content.extend_from_slice(b"ET");
    content
}

fn pdf(content: &[u8]) -> Vec<u8> {
    let stream = [format!("<< /Length {} >>\nstream\n", content.len()).as_bytes(), content, b"\nendstream"].concat();
    let objects: [&[u8]; 5] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &stream,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = b"0000000000 65535 f \n".to_vec();
    for (index, object) in objects.iter().enumerate() {
        places.extend_from_slice(format!("{:010} 00000 n \n", file.len()).as_bytes());
        file.extend_from_slice(format!("{} 0 obj\n", index + 1).as_bytes());
        file.extend_from_slice(object);
        file.extend_from_slice(b"\nendobj\n");
    }
    let table = file.len();
    let end = format!("trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    [&file, b"xref\n0 6\n".as_slice(), &places, end.as_bytes()].concat()
}

const WIDTH: usize = 160;
const HEIGHT: usize = 96;
/// White, a grid line, a bar, the last bar.
const PALETTE: [u8; 12] = [255, 255, 255, 226, 226, 232, 92, 107, 192, 224, 122, 95];

fn png(bars: &[usize]) -> Vec<u8> {
    let mut rows = Vec::with_capacity(HEIGHT * (WIDTH / 4 + 1));
    for y in 0..HEIGHT {
        // Every row begins with its filter, none; then four pixels a byte.
        rows.push(0);
        rows.extend((0..WIDTH / 4).map(|x| (0..4).fold(0, |byte, part| (byte << 2) | colour(bars, x * 4 + part, y))));
    }
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    // 160 × 96 pixels of two bits from a palette.
    chunk(&mut file, *b"IHDR", &[0, 0, 0, 160, 0, 0, 0, 96, 2, 3, 0, 0, 0]);
    chunk(&mut file, *b"PLTE", &PALETTE);
    chunk(&mut file, *b"IDAT", &stored(&rows));
    chunk(&mut file, *b"IEND", &[]);
    file
}

fn colour(bars: &[usize], x: usize, y: usize) -> u8 {
    let (bar, inside) = (x / 22, x % 22);
    match bars.get(bar) {
        Some(height) if inside >= 5 && HEIGHT - y <= *height => 2 + u8::from(bar + 1 == bars.len()),
        _ => u8::from(y % 24 == 23),
    }
}

fn chunk(file: &mut Vec<u8>, name: [u8; 4], data: &[u8]) {
    file.extend_from_slice(&u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
    let from = file.len();
    file.extend_from_slice(&name);
    file.extend_from_slice(data);
    let check = crc32(&file[from..]);
    file.extend_from_slice(&check.to_be_bytes());
}

/// A zlib stream of one block that is not compressed.
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap_or(u16::MAX);
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(data);
    stream.extend_from_slice(&adler32(data).to_be_bytes());
    stream
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    (high << 16) | low
}

fn crc32(data: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !data.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_the_known_ones() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }
}
