/**
 * Whisper folders with random weights, in Hugging Face's layout: of any size, for measuring where no trained model is at hand.
 *
 * <p>Enter: a size and a seed. Leave: the files of a model that opens and computes like a trained one, and says nothing of sense.
 */
package io.amanuensis.job.models;
