/**
 * Outcomes in, outcomes out: text that nobody said becomes non-speech, and is kept with its evidence on
 * {@link io.amanuensis.operators.guard.GuardFunction#SUPPRESSED}. {@link io.amanuensis.operators.guard.GuardPolicy} decides.
 */
package io.amanuensis.operators.guard;
