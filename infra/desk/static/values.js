// What a person has filled in and not yet sent, by block and action.

export class Values {
  #all = {};
  #kinds = {};

  constructor(blocks = []) {
    this.#kinds = kindsOf(blocks);
  }

  get all() {
    return this.#all;
  }

  get(block, action, initial) {
    return this.#all[block]?.[action] === undefined ? initial : this.#all[block][action];
  }

  set(block, action, value) {
    (this.#all[block] ??= {})[action] = value;
  }

  // After an update Slack keeps what was typed where block, action and kind are the same.
  keepOnly(blocks) {
    const kinds = kindsOf(blocks);
    for (const [block, actions] of Object.entries(this.#all)) {
      for (const action of Object.keys(actions)) {
        const name = JSON.stringify([block, action]);
        if (kinds[name] !== this.#kinds[name]) delete actions[action];
      }
    }
    this.#kinds = kinds;
  }
}

function kindsOf(blocks) {
  const kinds = {};
  for (const block of blocks) {
    for (const one of [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])]) {
      if (one) kinds[JSON.stringify([block.block_id, one.action_id])] = one.type;
    }
  }
  return kinds;
}
