/** Outcomes in, outcomes out: where text that nobody said is to be flagged or suppressed with its evidence. */
package io.amanuensis.operators.guard;
