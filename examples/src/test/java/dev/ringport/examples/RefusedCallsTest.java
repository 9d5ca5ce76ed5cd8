// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.linux.abi.Linux;
import dev.ringport.mmsg.Mmsg;
import dev.ringport.mmsg.abi.MmsgCalls;
import dev.ringport.testkit.ChildJvm;
import dev.ringport.testkit.ChildJvm.Outcome;
import dev.ringport.uring.Uring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The same example where less and less is allowed, as in a container: each time the best of what is left serves. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class RefusedCallsTest {
    private static final String SYS_IO_URING_SETUP = "425";

    private static Outcome demo(String refused) throws Exception {
        Outcome outcome = ChildJvm.onClassPath(Uring.class, "--enable-native-access=ALL-UNNAMED")
                .withLibrary(Mmsg.class)
                .withLibrary(Linux.class)
                .withLibrary(Echo.class)
                .run(EchoUnderFilter.class, (refused + " - demo --seconds 1").strip().split(" "));
        assertEquals(0, outcome.exit(), outcome::toString);
        assertEquals("", outcome.complaints());
        return outcome;
    }

    private static void assertServes(String transport, Outcome outcome) {
        assertTrue(outcome.output().contains("transport " + transport + ": "), outcome::toString);
    }

    @Test
    void withEverythingAllowedIoUringServes() throws Exception {
        assumeTrue(Uring.isAvailable());
        assertServes("uring", demo(""));
    }

    @Test
    void whereIoUringIsRefusedTheNextServesWithTrainsBothWays() throws Exception {
        assumeTrue(Mmsg.isAvailable());
        Outcome outcome = demo(SYS_IO_URING_SETUP);
        assertServes("mmsg", outcome);
        assertTrue(outcome.output().contains("io_uring: off (io_uring is not available"), outcome::toString);
        // Of the server's loop: fewer calls than datagrams both ways.
        assertTrue(outcome.output().matches("(?s).*server loop: .*segmented [1-9].*"), outcome::toString);
    }

    @Test
    void whereSendmmsgIsRefusedTooNioServes() throws Exception {
        assumeTrue(Mmsg.isAvailable());
        assertServes("nio", demo(SYS_IO_URING_SETUP + " " + MmsgCalls.sendmmsgNumber()));
    }
}
