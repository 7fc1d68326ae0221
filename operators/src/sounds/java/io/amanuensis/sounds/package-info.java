/** Test data made by formula, a source folder of the tests of {@code operators} and of {@code job}. */
package io.amanuensis.sounds;
