// Stands in for eventemitter2 in the bundle (see [alias] in wrangler.toml): nobody listens to our engines,
// which live for one rule and one callback. Adding a listener therefore fails loudly instead of staying silent.
module.exports = class NoEvents {
  on() {
    throw new Error('nothing is emitted here: read the result of run()');
  }
  emitAsync() {
    return Promise.resolve([]);
  }
};
