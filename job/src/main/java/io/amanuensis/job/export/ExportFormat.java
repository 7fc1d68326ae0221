package io.amanuensis.job.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.amanuensis.schemas.CallRecord;
import io.amanuensis.schemas.Transcript;
import java.util.List;

/** Shapes that dashboards of other products read. */
public enum ExportFormat {
    /** Events of Amazon's Live Call Analytics: {@link LcaEvents}. */
    LCA {
        @Override
        public List<ObjectNode> of(CallRecord call) {
            return LcaEvents.of(call);
        }

        @Override
        public List<ObjectNode> of(Transcript transcript) {
            return List.of(LcaEvents.of(transcript));
        }
    },

    /** Output of Amazon Transcribe Call Analytics: {@link CallAnalytics}. Of calls only. */
    TCA {
        @Override
        public List<ObjectNode> of(CallRecord call) {
            return List.of(CallAnalytics.of(call));
        }

        @Override
        public List<ObjectNode> of(Transcript transcript) {
            throw new IllegalArgumentException("tca describes whole calls, and " + transcript.getId()
                    + " is one utterance. Export the calls topic, or as lca or deepgram");
        }
    },

    /** Deepgram's {@code Results} messages: {@link DeepgramResults}. */
    DEEPGRAM {
        @Override
        public List<ObjectNode> of(CallRecord call) {
            return DeepgramResults.of(call);
        }

        @Override
        public List<ObjectNode> of(Transcript transcript) {
            return List.of(DeepgramResults.of(transcript));
        }
    };

    /**
     * @param call with its texts: a call whose texts are omitted has them in its transcripts only
     * @return one JSON object each, in the order to send them
     */
    public abstract List<ObjectNode> of(CallRecord call);

    /** @throws IllegalArgumentException if the shape is one of whole calls */
    public abstract List<ObjectNode> of(Transcript transcript);
}
