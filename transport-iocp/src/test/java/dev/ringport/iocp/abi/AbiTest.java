// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.abi;

import dev.ringport.net.ControlMessageWriter;
import dev.ringport.net.SocketAddressCodec;
import dev.ringport.testkit.abi.CCompiler;
import dev.ringport.testkit.abi.Declared;
import dev.ringport.testkit.abi.HeaderJudge;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Structs, constants and codes against the headers of mingw-w64. The compiler is in Debian's package
 * {@code gcc-mingw-w64-x86-64-win32}.
 */
@EnabledOnOs(OS.LINUX)
class AbiTest {
    /** The headers, a type that one of them uses and does not declare, and typedefs for structs that have none. */
    private static final String HEADERS = """
            #define _WIN32_WINNT 0x0A00
            #define WIN32_NO_STATUS
            #include <stddef.h>
            #include <winsock2.h>
            #include <ws2tcpip.h>
            #include <mswsock.h>
            #include <mstcpip.h>
            #include <windows.h>
            #include <winternl.h>
            #include <qos.h>
            typedef UINT32 QOS_FLOWID, *PQOS_FLOWID;
            #include <qos2.h>
            #undef WIN32_NO_STATUS
            #include <ntstatus.h>
            typedef struct sockaddr_in sockaddr_in;
            typedef struct sockaddr_in6 sockaddr_in6;
            typedef struct group_req group_req;
            typedef struct group_source_req group_source_req;
            typedef struct tcp_keepalive tcp_keepalive;
            """;

    /**
     * What mingw-w64 10 lacks, with the values and members that Microsoft documents: a comparison with the
     * documentation alone. Headers that have a constant are asked.
     */
    private static final Map<String, String> ONLY_DOCUMENTED = new TreeMap<>(Map.ofEntries(
            // ws2ipdef.h and ws2tcpip.h since the SDK for Windows 10 2004
            Map.entry("UDP_SEND_MSG_SIZE", "2"),
            Map.entry("UDP_RECV_MAX_COALESCED_SIZE", "3"),
            Map.entry("UDP_COALESCED_INFO", "3"),
            // ws2ipdef.h of the SDK; mingw-w64 has no options of TCP but TCP_NODELAY
            Map.entry("TCP_KEEPIDLE", "3"),
            Map.entry("TCP_MAXRT", "5"),
            Map.entry("TCP_FASTOPEN", "15"),
            Map.entry("TCP_KEEPCNT", "16"),
            Map.entry("TCP_KEEPINTVL", "17"),
            // mswsock.h of the SDK
            Map.entry("SIO_UDP_NETRESET", "_WSAIOW(IOC_VENDOR, 15)"),
            Map.entry("SIO_CPU_AFFINITY", "_WSAIOW(IOC_VENDOR, 21)"),
            // winsock2.h since the SDK for Windows 10
            Map.entry("SO_REUSE_UNICASTPORT", "0x3007"),
            // qos2.h of the SDK
            Map.entry("QOS_NON_ADAPTIVE_FLOW", "2"),
            // an enumerator of wdm.h, which is for drivers and cannot stand beside windows.h
            Map.entry("FileReplaceCompletionInformation", "61")));

    /** From ntifs.h, which is for drivers too. */
    private static final String ONLY_DOCUMENTED_STRUCTS = """
            typedef struct { HANDLE Port; PVOID Key; } FILE_COMPLETION_INFORMATION;
            """;

    private static final String INCLUDES = HEADERS + documented();
    private static final List<Class<?>> STRUCTS = Declared.structsAndShared(Overlapped.class);
    private static final int FEWEST_STRUCTS = 28;
    private static final int LAST_CODE = 12_000;

    @TempDir
    Path directory;

    private CCompiler compiler;

    private static String documented() {
        return ONLY_DOCUMENTED_STRUCTS + ONLY_DOCUMENTED.entrySet()
                .stream()
                .map(c -> "#ifndef %s\n#define %s %s\n#endif\n".formatted(c.getKey(), c.getKey(), c.getValue()))
                .collect(Collectors.joining());
    }

    @BeforeEach
    void findCompiler() {
        compiler = CCompiler.in("x86_64-w64-mingw32-gcc", directory);
    }

    @Test
    void everyStructHasTheSizeAndTheMembersOfTheHeaders() {
        assertThat(STRUCTS).hasSizeGreaterThanOrEqualTo(FEWEST_STRUCTS);
        judge().structs().assertHold();
    }

    @Test
    void everyConstantHasTheValueOfTheHeaders() {
        Map<String, Long> constants = Declared.constants(WinsockConstants.class, false);
        assertThat(constants).hasSizeGreaterThan(100);
        judge().constants(asInts(constants)).assertHold();
    }

    @Test
    void onlyWhatTheHeadersLackIsComparedWithTheDocumentation() {
        ONLY_DOCUMENTED.keySet().forEach(name -> {
            assertThat(Declared.constants(WinsockConstants.class, false)).containsKey(name);
            if (compiler.knows(HEADERS, name)) {
                System.out.println("the headers have " + name + " now");
            }
        });
        assertThat(compiler.knows(HEADERS, "SO_UPDATE_ACCEPT_CONTEXT")).isTrue();
    }

    @Test
    void everyErrorConstantHasTheValueOfTheHeaders() {
        Map<String, Long> constants = Declared.constants(WindowsErrors.class, false);
        assertThat(constants.remove("NO_CODE")).isEqualTo(Integer.MAX_VALUE);
        assertThat(constants).hasSizeGreaterThan(40);
        judge().constants(constants).assertHold();
    }

    @Test
    void everyCodeIsDescribedByTheNameOfTheHeaders() {
        Map<String, Long> names = new TreeMap<>();
        for (int code = 1; code <= LAST_CODE; code++) {
            String description = WindowsErrors.describe(code);
            int colon = description.indexOf(':');
            if (colon > 0) {
                names.put(description.substring(0, colon), (long) code);
            }
        }
        assertThat(names).hasSize((int) ErrorTable.CODES.lines().count());
        judge().constants(names).assertHold();
    }

    @Test
    void everyStatusHasTheNameOfTheHeaders() {
        Map<String, Long> names = ErrorTable.STATUSES.lines()
                .map(row -> row.split(" ", 3))
                .collect(Collectors.toMap(row -> row[1], row -> (long) Integer.parseUnsignedInt(row[0], 16)));
        assertThat(names).hasSizeGreaterThan(60);
        judge().constants(asInts(names)).assertHold();
    }

    @Test
    void controlMessagesAndAddressesHaveTheRoomThatTheHeadersGiveThem() {
        judge().constants(Map.of(
                "sizeof(WSACMSGHDR)", (long) ControlMessageWriter.HEADER_BYTES,
                "WSA_CMSG_LEN(0)", (long) ControlMessageWriter.HEADER_BYTES,
                "WSA_CMSG_SPACE(2)", (long) ControlMessageWriter.space(2),
                "WSA_CMSG_SPACE(8)", (long) ControlMessageWriter.space(8),
                "WSA_CMSG_SPACE(20)", (long) ControlMessageWriter.space(20),
                "sizeof(SOCKADDR_IN)", (long) SocketAddressCodec.INET_BYTES,
                "sizeof(SOCKADDR_IN6)", (long) SocketAddressCodec.INET6_BYTES))
                .assertHold();
    }

    @Test
    void aWrongOffsetSizeValueOrNameIsRefused() {
        StructLayout swapped = MemoryLayout
                .structLayout(ValueLayout.JAVA_LONG.withName("buf"), ValueLayout.JAVA_INT.withName("len"),
                        MemoryLayout.paddingLayout(4));
        StructLayout wide = MemoryLayout
                .structLayout(ValueLayout.JAVA_LONG.withName("len"), ValueLayout.JAVA_LONG.withName("buf"));

        assertThat(judge().struct("WSABUF", swapped).check().output()).contains("WSABUF.buf is not at 0");
        assertThat(judge().struct("WSABUF", wide).check().output()).contains("WSABUF.len has not 8 bytes");
        assertThat(judge().constants(Map.of("AF_INET6", 10L)).check().output()).contains("AF_INET6 is not 10");
        assertThat(judge().constants(Map.of("AF_NO_SUCH", 3L)).check().output()).contains("'AF_NO_SUCH' undeclared");
    }

    private HeaderJudge judge() {
        return new HeaderJudge(compiler, INCLUDES, "", STRUCTS, Map.of());
    }

    /** A {@code DWORD} above 2^31 is a negative number in Java. */
    private static Map<String, Long> asInts(Map<String, Long> constants) {
        return constants.entrySet().stream().collect(Collectors.toMap(c -> "(int) " + c.getKey(), Map.Entry::getValue));
    }
}
