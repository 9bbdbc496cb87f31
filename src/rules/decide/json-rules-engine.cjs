// Stands before json-rules-engine in the bundle only (see [alias] in wrangler.toml). When it is loaded it reads `process`, and the
// runtime then loads Node's process with its streams: a third of the start-up time. Nothing in the Worker uses that global.
globalThis.process = undefined;
module.exports = require('../../../node_modules/json-rules-engine/dist/index.js');
