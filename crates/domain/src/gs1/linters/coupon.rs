//! North American coupons: AI (8110) after "North American Coupon Application Guideline Using GS1
//! DataBar Expanded Symbols", AI (8112) after "GS1 AI (8112) Coupon Data Specification".

use super::super::linter::Problem;
use super::super::table::is_digits;
use super::dates::yymmdd;

/// Reads digits from the left.
struct Digits<'a>(&'a str);

impl<'a> Digits<'a> {
    fn new(value: &'a str) -> Result<Self, Problem> {
        if is_digits(value) {
            Ok(Self(value))
        } else {
            Err("is a coupon with a character that is no digit")
        }
    }

    fn take(&mut self, length: usize, problem: Problem) -> Result<&'a str, Problem> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(problem)?;
        self.0 = rest;
        Ok(taken)
    }

    /// One digit out of those allowed.
    fn digit(&mut self, allowed: &str, problem: Problem) -> Result<u8, Problem> {
        let digit = self.take(1, problem)?;
        let allowed = allowed.is_empty() || allowed.contains(digit);
        digit
            .bytes()
            .next()
            .filter(|_| allowed)
            .map(|byte| byte - b'0')
            .ok_or(problem)
    }

    /// A length digit out of those allowed, and as many digits plus `more`.
    fn counted(
        &mut self,
        allowed: &str,
        more: usize,
        problem: Problem,
    ) -> Result<&'a str, Problem> {
        let length = self.digit(allowed, problem)?;
        self.take(usize::from(length) + more, problem)
    }

    /// Whether the optional field of this number comes next.
    fn field(&mut self, number: char) -> bool {
        let rest = self.0.strip_prefix(number);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn end(&self) -> Result<(), Problem> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err("is a coupon with digits left over")
        }
    }

    /// Requirement, its code and the family code.
    fn purchase(&mut self, problem: Problem) -> Result<(), Problem> {
        self.counted("12345", 0, problem)?;
        self.digit("012349", problem)?;
        self.take(3, problem)?;
        Ok(())
    }

    /// The company prefix of another purchase; 9 stands for none.
    fn purchase_prefix(&mut self, problem: Problem) -> Result<(), Problem> {
        match self.digit("01234569", problem)? {
            9 => Ok(()),
            length => self.take(usize::from(length) + 6, problem).map(drop),
        }
    }

    fn date(&mut self, problem: Problem) -> Result<&'a str, Problem> {
        let date = self.take(6, problem)?;
        yymmdd(date, false).map_err(|_| problem)?;
        Ok(date)
    }
}

/// AI (8110).
pub(in super::super) fn code(value: &str) -> Result<(), Problem> {
    let mut digits = Digits::new(value)?;
    digits.counted("0123456", 6, "is a coupon with a wrong company prefix")?;
    digits.take(6, "is a coupon whose offer code is cut off")?;
    digits.counted("12345", 0, "is a coupon with a wrong save value")?;
    digits.purchase("is a coupon with a wrong first purchase")?;
    if digits.field('1') {
        let problem = "is a coupon with a wrong second purchase";
        digits.digit("0123", problem)?;
        digits.purchase(problem)?;
        digits.purchase_prefix(problem)?;
    }
    if digits.field('2') {
        let problem = "is a coupon with a wrong third purchase";
        digits.purchase(problem)?;
        digits.purchase_prefix(problem)?;
    }
    dates(&mut digits)?;
    closing(&mut digits)?;
    digits.end()
}

fn dates(digits: &mut Digits<'_>) -> Result<(), Problem> {
    let expires = match digits.field('3') {
        true => Some(digits.date("is a coupon with a wrong expiry date")?),
        false => None,
    };
    if digits.field('4') {
        let starts = digits.date("is a coupon with a wrong start date")?;
        if expires.is_some_and(|expires| starts > expires) {
            return Err("is a coupon that expires before it starts");
        }
    }
    Ok(())
}

fn closing(digits: &mut Digits<'_>) -> Result<(), Problem> {
    if digits.field('5') {
        digits.counted("", 6, "is a coupon with a wrong serial number")?;
    }
    if digits.field('6') {
        digits.counted("1234567", 6, "is a coupon with a wrong retailer")?;
    }
    if digits.field('9') {
        digits.digit("01256", "is a coupon with a wrong save value code")?;
        digits.digit("012", "is a coupon whose value applies to no item")?;
        digits.digit("", "is a coupon without its store flag")?;
        digits.digit("01", "is a coupon with a wrong multiply flag")?;
    }
    Ok(())
}

/// AI (8112).
pub(in super::super) fn positive_offer(value: &str) -> Result<(), Problem> {
    let mut digits = Digits::new(value)?;
    digits.digit("01", "is a coupon of an unknown format")?;
    digits.counted("0123456", 6, "is a coupon with a wrong funder")?;
    digits.take(6, "is a coupon whose offer code is cut off")?;
    digits.counted("", 6, "is a coupon with a wrong serial number")?;
    digits.end()
}
