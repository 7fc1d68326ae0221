/**
 * On which task managers stages run: slot sharing groups with resource profiles, and the external resource that stands for an NPU.
 * {@code job/README.md}, Placement, says why each group has one.
 */
package io.amanuensis.job.placement;
