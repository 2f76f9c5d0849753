//! How finely Odoo keeps quantities: it rounds what is finer without a word.

use super::{Writing, rejected};
use crate::Error;
use rust_decimal::{Decimal, RoundingStrategy};

/// Decimals of a quantity; none where it is kept as it is sent.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Precision {
    of: Option<(&'static str, &'static str)>,
    decimals: Option<u32>,
}

impl Precision {
    /// Of a model's field, by its decimal accuracy in this Odoo.
    pub async fn of(
        writing: Writing<'_>,
        model: &'static str,
        field: &'static str,
    ) -> Result<Self, Error> {
        Ok(Self {
            of: Some((model, field)),
            decimals: writing.orm.decimals(model, field).await?,
        })
    }

    /// As Odoo will hold it.
    pub fn round(self, quantity: Decimal) -> Decimal {
        match self.decimals {
            Some(decimals) => {
                quantity.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
            }
            None => quantity,
        }
    }

    /// Asks again where a quantity is finer than is known: the accuracy may have been raised meanwhile.
    pub async fn check(&mut self, writing: Writing<'_>, quantity: Decimal) -> Result<(), Error> {
        if let Some((model, field)) = self.of
            && self.round(quantity) != quantity
        {
            writing.orm.forget_fields(model).await;
            self.decimals = writing.orm.decimals(model, field).await?;
        }
        Ok(())
    }

    /// What Odoo will hold instead of a finer quantity, in words; none where it holds the same.
    pub fn loss(self, quantity: Decimal, code: &str) -> Option<String> {
        let held = self.round(quantity);
        let decimals = self.decimals.filter(|_| held != quantity)?;
        Some(format!(
            "Odoo keeps {decimals} decimals of quantities: {} of {code} became {}.",
            quantity.normalize(),
            held.normalize()
        ))
    }

    /// # Errors
    /// `rejected` for a quantity that is finer.
    pub async fn require(
        &mut self,
        writing: Writing<'_>,
        quantity: Decimal,
        code: &str,
    ) -> Result<(), Error> {
        self.check(writing, quantity).await?;
        let held = self.round(quantity);
        match self.decimals {
            Some(decimals) if held != quantity => Err(rejected(format!(
                "Odoo keeps {decimals} decimals of quantities: {} of {code} would become {}. Nothing was written: \
                 raise the decimal accuracy of product units in Odoo, or name a smaller unit.",
                quantity.normalize(),
                held.normalize()
            ))),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero_as_in_odoo() {
        let of = |decimals| Precision { of: None, decimals };
        let two = of(Some(2));
        let rounded = |text: &str| two.round(text.parse().unwrap()).normalize().to_string();
        assert_eq!(
            ["0.125", "-0.125", "2.344"].map(rounded),
            ["0.13", "-0.13", "2.34"]
        );
        assert_eq!(of(None).loss("0.0001".parse().unwrap(), "A"), None);
    }
}
