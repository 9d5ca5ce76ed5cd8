// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples;

import dev.ringport.TransportProvider;
import dev.ringport.Transports;
import dev.ringport.iocp.Iocp;
import dev.ringport.iocp.IocpTransportProvider;
import dev.ringport.linux.abi.Linux;
import dev.ringport.mmsg.Mmsg;
import dev.ringport.mmsg.MmsgTransportProvider;
import dev.ringport.uring.Uring;
import dev.ringport.uring.UringTransportProvider;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the libraries hold: their jars where the build has made them, as {@code verify} does, else their folders. */
class LibraryContentTest {
    private static final String SERVICE = "META-INF/services/" + TransportProvider.class.getName();

    /** How ELF, PE and Mach-O files and archives of them begin, whatever their names. */
    private static final List<String> NATIVE = List.of("7f454c46", "4d5a", "cffaedfe", "cefaedfe", "213c617263683e");

    @Test
    void theSharedLibrariesHoldClassesAndMetadataAlone() throws Exception {
        assertClassesAndMetadataAlone(contentOf(Transports.class));
        assertClassesAndMetadataAlone(contentOf(Linux.class));
    }

    @Test
    void theTransportsHoldClassesAndMetadataAloneAndNameTheirProviders() throws Exception {
        assertTransport(Uring.class, UringTransportProvider.class);
        assertTransport(Mmsg.class, MmsgTransportProvider.class);
        assertTransport(Iocp.class, IocpTransportProvider.class);
    }

    private static void assertTransport(Class<?> entry, Class<? extends TransportProvider> provider) throws Exception {
        Map<String, byte[]> content = contentOf(entry);

        assertClassesAndMetadataAlone(content);
        assertTrue(content.containsKey(SERVICE), SERVICE);
        assertEquals(provider.getName(), new String(content.get(SERVICE), StandardCharsets.UTF_8).strip());
    }

    private static void assertClassesAndMetadataAlone(Map<String, byte[]> content) {
        assertTrue(content.containsKey("module-info.class"), "module-info.class");
        assertTrue(content.containsKey("META-INF/LICENSE"), "META-INF/LICENSE");
        assertTrue(content.containsKey("META-INF/NOTICE"), "META-INF/NOTICE");
        content.forEach((name, bytes) -> {
            boolean isClass = name.endsWith(".class");
            assertTrue(
                    isClass || name
                            .matches("META-INF/(MANIFEST\\.MF|LICENSE|NOTICE|native-image/.*|services/.*|maven/.*)"),
                    name);
            String start = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, Long.BYTES));
            assertTrue(NATIVE.stream().noneMatch(start::startsWith), name + " begins with " + start);
            assertEquals(isClass, start.startsWith("cafebabe"), name);
        });
    }

    private static Map<String, byte[]> contentOf(Class<?> type) throws IOException, URISyntaxException {
        Path library = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        if (Files.isDirectory(library)) {
            return filesUnder(library);
        }
        try (FileSystem jar = FileSystems.newFileSystem(library)) {
            return filesUnder(jar.getPath("/"));
        }
    }

    private static Map<String, byte[]> filesUnder(Path root) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(root)) {
            for (Path file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
                files.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
