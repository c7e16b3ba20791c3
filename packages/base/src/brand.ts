// Brands: one primitive type, several meanings that the compiler keeps apart.

declare const brand: unique symbol;

/** A primitive that only its maker may produce, e.g. `Brand<number, 'AccountId'>`. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
