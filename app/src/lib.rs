//! Pages and server functions: admin, floor and boards.
