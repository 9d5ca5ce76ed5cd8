// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class RequestTargetTest {
    @Test
    void names() throws RefusedException {
        assertEquals(List.of(), RequestTarget.parse("/").names());
        assertEquals(List.of("a", "b c"), RequestTarget.parse("/a/b%20c").names());
        assertEquals(List.of("a", "b"), RequestTarget.parse("/a%2Fb?x=/../y#/../z").names());
        assertEquals(List.of("\u00fcn\u00ef"), RequestTarget.parse("/%C3%BCn%c3%af").names());
        assertEquals(List.of("%2e%2e"), RequestTarget.parse("/%252e%252e").names());
        assertEquals(List.of("a"), RequestTarget.parse("http://host:80/a").names());
        assertEquals(List.of(), RequestTarget.parse("HTTP://host").names());
        assertEquals(List.of("...a", ".b", "CONSOLE", "nul1", "com", "com10"),
                RequestTarget.parse("/...a/.b/CONSOLE/nul1/com/com10").names());
    }

    @Test
    void aSlashAtTheEnd() throws RefusedException {
        assertTrue(RequestTarget.parse("/").directory());
        assertTrue(RequestTarget.parse("/a/").directory());
        assertFalse(RequestTarget.parse("/a").directory());
        assertEquals("/a", RequestTarget.parse("/a?b").path());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/..",
        "/../a",
        "/a/../../b",
        "/%2e%2e/a",
        "/.%2E/a",
        "/..%2fa",
        "/..%5ca",
        "/a%5c..%5c..%5cb",
        "/..\\a",
        "/./a",
        "//host/share/a",
        "/%2Fhost/share/a",
        "/\\\\host\\share\\a",
        "/a//b",
        "//",
        "///",
        "/C:/Windows/win.ini",
        "/C:",
        "/c%3a/a",
        "/a.txt::$DATA",
        "/a.txt:stream",
        "/a.txt.",
        "/a.txt%20",
        "/.../a",
        "/con",
        "/NUL",
        "/a/aux.txt",
        "/COM1",
        "/lpt9.tar.gz",
        "/com%C2%B9",
        "/prn%20.txt",
        "/conin$",
        "/a%00.txt",
        "/a%0ab",
        "/a*",
        "/a%7cb",
        "/%3f"})
    void whatCouldMeanSomethingElseIsForbidden(String target) {
        assertEquals(403, assertThrows(RefusedException.class, () -> RequestTarget.parse(target)).status().code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "*", "ftp://host/a", "/%", "/%4", "/%zz", "/%ff", "/%c0%ae%c0%ae/a", "/\u00fc",
        "?a"})
    void whatIsNoPathIsABadRequest(String target) {
        assertEquals(400, assertThrows(RefusedException.class, () -> RequestTarget.parse(target)).status().code());
    }
}
