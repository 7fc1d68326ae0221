/**
 * Work for benchmarks: what is measured is here, so that tests run a little of it at every build; how it is measured is in
 * {@code src/jmh}.
 */
package io.amanuensis.operators.load;
