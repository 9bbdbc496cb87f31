// Stands in for eventemitter2 in the bundle (see [alias] in wrangler.toml): nobody listens to our engines,
// which live for one rule and one callback. Adding a listener therefore fails loudly instead of staying silent.
// A function, not a class: json-rules-engine calls it as its old-style base.
function NoEvents() {}
NoEvents.prototype.on = () => {
  throw new Error('nothing is emitted here: read the result of run()');
};
NoEvents.prototype.emitAsync = () => Promise.resolve([]);
module.exports = NoEvents;
