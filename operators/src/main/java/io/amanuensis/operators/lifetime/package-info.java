/**
 * How long the state of a channel lives. Used by the stages that keep state per channel; owns two timers of each live
 * channel and nothing else.
 */
package io.amanuensis.operators.lifetime;
