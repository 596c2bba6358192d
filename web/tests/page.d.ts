// What the type check cannot see by itself: the vendored library and old names.
declare var preact: any;
interface Window { msCrypto?: Crypto; }
