// What the type check cannot see by itself: the vendored library and old names.
declare var preact: any;
interface Window { msCrypto?: Crypto; }
interface Window { importScripts(...urls: string[]): void; onconnect: any; SharedWorker: any; EventSource: any; }
