//! The kinds that ship, one file each: doc, body, rule, tests.
