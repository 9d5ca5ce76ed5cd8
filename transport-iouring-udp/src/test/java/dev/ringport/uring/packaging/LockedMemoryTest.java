// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.uring.packaging;

import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.NetworkNamespace;
import dev.ringport.uring.Uring;
import dev.ringport.uring.testing.MakeLoops;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A process without CAP_IPC_LOCK and with little locked memory. Kernels that do not charge rings to it let it be. */
class LockedMemoryTest {
    private static final int MANY = 60;
    private static final String REMEDY = "RLIMIT_MEMLOCK.*raise it with ulimit -l, LimitMEMLOCK=";
    private static final String SMALLER = "leaves a loop a ring of \\d+ submission and \\d+ completion entries instead of"
            + " 256 and 4096";

    private static ChildJvm.Outcome withKibibytes(int limit, int loops) throws IOException, InterruptedException {
        String bytes = Integer.toString(limit * 1024);
        ChildJvm.Outcome outcome = ChildJvm.onClassPath(Uring.class, "--enable-native-access=ALL-UNNAMED")
                .under("setpriv", "--inh-caps=-ipc_lock", "--bounding-set=-ipc_lock", "prlimit",
                        "--memlock=" + bytes + ":" + bytes)
                .run(MakeLoops.class, Integer.toString(loops));
        assertThat(outcome.exit()).as(outcome.errors()).isZero();
        return outcome;
    }

    @BeforeEach
    void findTools() throws Exception {
        assumeTrue(NetworkNamespace.isEntered(), "not root");
        try {
            NetworkNamespace.run("setpriv", "--version");
            NetworkNamespace.run("prlimit", "--version");
        } catch (IOException missing) {
            assumeTrue(false, missing.getMessage());
        }
    }

    private static void assumeCharged(ChildJvm.Outcome outcome) {
        assumeTrue(!outcome.output().contains("loops: " + MANY), "this kernel does not charge rings to the limit");
    }

    @Test
    void whereNotEvenTheSmallestRingFitsTheTransportIsOffAndSaysWhatToDo() throws Exception {
        ChildJvm.Outcome outcome = withKibibytes(8, MANY);

        assumeCharged(outcome);
        assertThat(outcome.output()).contains("best: nio", "loops: 0", "RLIMIT_MEMLOCK, 8192 bytes,")
                .containsPattern("cause: java.lang.UnsupportedOperationException: .*ENOMEM.*" + REMEDY)
                .containsPattern("refused: .*" + REMEDY)
                .containsPattern("capabilities: io_uring: off .*" + REMEDY);
        assertThat(outcome.complaints()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 64, 88, 100, 1024})
    void whereTheTransportIsOnThereIsALoopAndTheOneTooManySaysWhatToDo(int limit) throws Exception {
        ChildJvm.Outcome outcome = withKibibytes(limit, MANY);

        assumeCharged(outcome);
        assertThat(outcome.output()).contains("best: uring", "cause: null", "arrived: 4")
                .doesNotContain("loops: 0")
                .containsPattern("refused: .*" + REMEDY);
    }

    @Test
    void aSmallerRingThatWouldDoIsTakenAndTold() throws Exception {
        ChildJvm.Outcome all = withKibibytes(64, MANY);
        assumeCharged(all);
        ChildJvm.Outcome outcome = withKibibytes(64, 1);

        assertThat(outcome.output()).contains("loops: 1")
                .containsPattern("capabilities: io_uring: on.*instead of 256/4096 entries");
        assertThat(outcome.errors()).containsPattern(SMALLER);
        assertThat(outcome.errors().split("leaves a loop", -1)).hasSize(2);
    }

    @Test
    void aRingOfTheSizeWantedIsTakenWhereItFitsAlthoughTheProbesIsNotYetTakenApart() throws Exception {
        ChildJvm.Outcome outcome = withKibibytes(100, 1);

        assertThat(outcome.output()).contains("loops: 1", "ring 256/4096 entries").doesNotContain("instead of");
        assertThat(outcome.complaints()).isEmpty();
    }
}
