package io.amanuensis.operators.npu;

import java.io.Serializable;
import org.apache.flink.api.common.functions.RuntimeContext;

/** Whether a task may run where it has been put. */
public interface TaskCheck extends Serializable {
    TaskCheck NONE = context -> {};

    /** @throws IllegalStateException with what is missing and what to do */
    void verify(RuntimeContext context);
}
