//! Stories of people and phones, one a file.
