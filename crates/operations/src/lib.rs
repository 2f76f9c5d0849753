//! What a change means: one public function, one change, one transaction.
