//! Streams that hold a file's structure: inflated with an upper bound.

use crate::NotADecree;
use hayro_syntax::object::{Array, Dict, Name};
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

/// What is left of a file's allowance for inflated data.
pub(crate) struct Allowance {
    bytes_left: usize,
}

impl Allowance {
    pub(crate) const fn new(bytes: usize) -> Self {
        Self { bytes_left: bytes }
    }

    /// Decodes the data of a structural stream. Writers use Flate for these, or
    /// nothing; any other filter is refused.
    pub(crate) fn decode(&mut self, dict: &Dict<'_>, data: &[u8]) -> Result<Vec<u8>, NotADecree> {
        let decoded = match filter(dict)? {
            None if data.len() <= self.bytes_left => data.to_vec(),
            None => return Err(NotADecree::Damaged),
            Some(parameters) => {
                let inflated = decompress_to_vec_zlib_with_limit(data, self.bytes_left)
                    .map_err(|_| NotADecree::Damaged)?;
                undo_predictor(inflated, &parameters)?
            }
        };
        self.bytes_left -= decoded.len();
        Ok(decoded)
    }
}

/// The decode parameters of Flate; none when the data is stored plainly.
fn filter<'a>(dict: &Dict<'a>) -> Result<Option<Dict<'a>>, NotADecree> {
    if !dict.contains_key("Filter") {
        return Ok(None);
    }
    let names: Vec<Name<'_>> = match dict.get::<Name<'_>>("Filter") {
        Some(name) => vec![name],
        None => dict
            .get::<Array<'_>>("Filter")
            .map(|array| array.iter::<Name<'_>>().take(2).collect())
            .unwrap_or_default(),
    };
    match names.as_slice() {
        [] => Ok(None),
        [name] if name.as_ref() == b"FlateDecode" => Ok(Some(parameters(dict))),
        _ => Err(NotADecree::Damaged),
    }
}

fn parameters<'a>(dict: &Dict<'a>) -> Dict<'a> {
    dict.get::<Dict<'_>>("DecodeParms")
        .or_else(|| {
            dict.get::<Array<'_>>("DecodeParms")?
                .iter::<Dict<'_>>()
                .next()
        })
        .unwrap_or_default()
}

/// Undoes the PNG predictors that writers apply to cross-reference streams.
fn undo_predictor(data: Vec<u8>, parameters: &Dict<'_>) -> Result<Vec<u8>, NotADecree> {
    match parameters.get::<u32>("Predictor").unwrap_or(1) {
        1 => Ok(data),
        10..=15 => {
            let columns = parameters.get::<u32>("Columns").unwrap_or(1) as usize;
            let plain_bytes = parameters.get::<u32>("Colors").unwrap_or(1) == 1
                && parameters.get::<u32>("BitsPerComponent").unwrap_or(8) == 8;
            if !plain_bytes || columns == 0 || columns > data.len() {
                return Err(NotADecree::Damaged);
            }
            undo_png(&data, columns)
        }
        _ => Err(NotADecree::Damaged),
    }
}

/// One byte per sample: each row is a filter type and `columns` bytes.
fn undo_png(data: &[u8], columns: usize) -> Result<Vec<u8>, NotADecree> {
    let mut plain = Vec::with_capacity(data.len());
    let mut above = vec![0_u8; columns];
    for row in data.chunks(columns + 1) {
        let (filter, row) = row.split_first().ok_or(NotADecree::Damaged)?;
        let (mut left, mut above_left) = (0_u8, 0_u8);
        for (byte, above) in row.iter().zip(&mut above) {
            let guess = match filter {
                0 => 0,
                1 => left,
                2 => *above,
                3 => u8::midpoint(left, *above),
                4 => paeth(left, *above, above_left),
                _ => return Err(NotADecree::Damaged),
            };
            above_left = *above;
            left = byte.wrapping_add(guess);
            *above = left;
            plain.push(left);
        }
    }
    Ok(plain)
}

fn paeth(left: u8, above: u8, above_left: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(above_left);
    let distance = |byte: u8| (guess - i16::from(byte)).abs();
    [left, above, above_left]
        .into_iter()
        .min_by_key(|byte| distance(*byte))
        .unwrap_or_default()
}
