// Loaded before a client that knows Short.io's host names only: its requests go to the system under test. Nothing else of
// them changes.
import http from "node:http";
import https from "node:https";

const target = new URL(process.env.TARGET);
const HOSTS = new Set(["api.short.io", "api.short.cm", "api-v2.short.io", "api-v2.short.cm", "statistics.short.io"]);

function elsewhere(address) {
    const url = new URL(address);
    if (!HOSTS.has(url.hostname)) {
        throw new Error(`a request to ${url.hostname}`);
    }
    // Not through URL's setters: they would tidy up the query.
    return target.origin + address.slice(address.indexOf(url.host) + url.host.length);
}

const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) =>
    input instanceof Request
        ? realFetch(new Request(elsewhere(input.url), input), init)
        : realFetch(elsewhere(String(input)), init);

https.request = (options, callback) => {
    if (!HOSTS.has(options.hostname)) {
        throw new Error(`a request to ${options.hostname}`);
    }
    const changed = { ...options, protocol: "http:", hostname: target.hostname, host: target.host, port: target.port };
    return http.request({ ...changed, agent: undefined }, callback);
};
