/** What a task that was placed beside an NPU demands of its task manager before it takes work. */
package io.amanuensis.operators.npu;
