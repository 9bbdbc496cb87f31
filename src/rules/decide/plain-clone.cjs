// Stands in for clone in the bundle (see [alias] in wrangler.toml): json-rules-engine copies a rule's conditions for each
// run, which are a tree of its own objects. The copies keep their methods, which structuredClone would not.
module.exports = function clone(value) {
  if (typeof value !== 'object' || value === null) return value;
  const copy = Array.isArray(value) ? [] : Object.create(Object.getPrototypeOf(value));
  for (const key of Object.keys(value)) copy[key] = clone(value[key]);
  return copy;
};
