// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.loop;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NettyFloorTest {
    @Test
    void theNettyThatIsThereMeetsIt() {
        assertDoesNotThrow(() -> NettyFloor.ensureMet(() -> GuardedUnsafe.class));
    }

    @Test
    void theVersionThatIsThereIsFound() {
        String found = NettyFloor.found();

        assertNotNull(found);
        assertTrue(found.matches("4\\.2\\.\\d+"), found);
    }

    @Test
    void anOlderNettyIsToldByItsVersion() {
        LinkageError lacking = new NoSuchMethodError("registered");
        UnsupportedOperationException told = assertThrows(
                UnsupportedOperationException.class, () -> NettyFloor.ensureMet(() -> {
                    throw lacking;
                }, () -> GuardedUnsafe.class, "4.2.5"));

        assertEquals(
                "needs Netty 4.2.9 or newer, found 4.2.5 (java.lang.NoSuchMethodError: registered)", told.getMessage());
        assertSame(lacking, told.getCause());
    }

    @Test
    void aClassThatCannotBeLoadedIsToldToo() {
        UnsupportedOperationException told = assertThrows(
                UnsupportedOperationException.class, () -> NettyFloor.ensureMet(() -> {}, () -> {
                    throw new IncompatibleClassChangeError("overrides final method");
                }, null));

        assertTrue(told.getMessage().contains("found one of unknown version"), told.getMessage());
        assertTrue(told.getMessage().contains("overrides final method"), told.getMessage());
    }
}
