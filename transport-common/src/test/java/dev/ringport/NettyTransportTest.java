// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Netty's native transports where their artifacts are not there, as in the tests of this module. */
class NettyTransportTest {
    private static final String METADATA = "/META-INF/native-image/dev.ringport/ringport-common/reachability-metadata.json";

    /** An image has only the classes and methods that were named when it was built. */
    @Test
    void aNativeImageIsToldOfWhatIsLookedForByName() throws Exception {
        String metadata = metadata();
        for (NettyTransport transport : NettyTransport.ALL) {
            assertNamed(metadata, missing(transport::newHandlerFactory), "newFactory");
            assertNamed(metadata, missing(transport::datagramChannelClass), "<init>");
            assertNamed(metadata, missing(transport::socketChannelClass), "<init>");
            assertNamed(metadata, missing(transport::serverSocketChannelClass), "<init>");
        }
        NettyTransport.of(System.getProperty("os.name"))
                .forEach(transport -> {
                    Throwable cause = transport.unavailabilityCause();
                    assertNamed(metadata, absent(Objects.requireNonNull(cause)), "unavailabilityCause");
                });
    }

    private static String metadata() throws IOException {
        try (InputStream file = NettyTransport.class.getResourceAsStream(METADATA)) {
            return new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The class that a transport looked for. */
    private static String missing(Executable look) {
        return absent(assertThrows(UnsupportedOperationException.class, look));
    }

    private static String absent(Throwable refusal) {
        ClassNotFoundException absent = (ClassNotFoundException) refusal.getCause();
        return absent.getMessage();
    }

    private static void assertNamed(String metadata, String type, String method) {
        String entry = "{\"type\": \"" + type + "\", \"methods\": [{\"name\": \"" + method
                + "\", \"parameterTypes\": []}]}";
        assertTrue(metadata.contains(entry), entry);
    }
}
