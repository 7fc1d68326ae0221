/**
 * What travels between the stages. Small elements are POJOs of public fields, treated as immutable; elements with bulky
 * arrays have serializers of their own with a version byte. Positions are counted in samples at 16 kHz on the call's clock,
 * so that no rounding creeps in between stages; milliseconds appear at the edges only.
 */
package io.amanuensis.operators.element;
