// Stands in for jsonpath-plus in the bundle and in tests (see [alias] in wrangler.toml).
// Its 10.x has a history of remote code execution and would be a quarter of the bundle.
exports.JSONPath = () => {
  throw new Error('JSONPath is not available: paths are plain, "a.b.0"');
};
