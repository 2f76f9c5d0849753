//! Figures as people read them, the same on every screen.

use rust_decimal::Decimal;

/// `12345` → `12,345`.
pub fn count(number: i64) -> String {
    grouped(&number.to_string())
}

/// Without trailing zeros: `1234.500` → `1,234.5`.
pub fn quantity(number: Decimal) -> String {
    let text = number.normalize().to_string();
    match text.split_once('.') {
        Some((whole, rest)) => format!("{}.{rest}", grouped(whole)),
        None => grouped(&text),
    }
}

/// Tenths of a percent: `987` → `98.7 %`.
pub fn per_mille(number: i64) -> String {
    format!("{}.{} %", number / 10, number % 10)
}

fn grouped(digits: &str) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", digits),
    };
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_by_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(quantity(Decimal::new(-1_234_500, 3)), "−1,234.5");
        assert_eq!(per_mille(987), "98.7 %");
    }
}
