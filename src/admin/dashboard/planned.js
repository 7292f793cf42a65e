// What is planned for a connection, in the field's words. Make-before-break: its replacement is opened first.

const planReasons = {
  'pool.max_age': 'max_age',
  'the origin closes at about this age': 'the origin\u2019s max connection age',
  'the origin closes after about so many requests': 'the origin\u2019s max requests per connection',
  'the origin closes idle connections': 'the origin\u2019s idle timeout',
};

// action: `next_action` of /pools, as `replace: pool.max_age`. What has no other words stays as it is.
function wordsOf(action) {
  const [, what, reason] = /^([^:]*)(?:: (.*))?$/s.exec(action);
  const why = reason && (Object.hasOwn(planReasons, reason) ? planReasons[reason] : reason);
  if (what === 'dial') return 'connecting';
  if (!why) return action;
  if (what === 'replace') return `make-before-break ${reason === 'pool.max_age' ? 'at' : 'ahead of'} ${why}`;
  if (what === 'close when replaced') return `make-before-break in progress: ${why}`;
  if (what === 'close after its last stream') return `draining: ${why}`;
  return action;
}

// [what, when]; both empty if nothing is planned.
function plannedFor({ next_action: action, due_s: due }) {
  if (!action) return ['', ''];
  return [wordsOf(action), due === null ? '' : `in ${span(due)}`];
}

const planText = (connection) => plannedFor(connection).filter(Boolean).join(' ');
