<?php
// A service manager's ear: prints what is sent to the datagram socket that the argument names, until killed.
declare(strict_types=1);

$socket = socket_create(AF_UNIX, SOCK_DGRAM, 0);
if ($socket === false || !socket_bind($socket, $argv[1])) {
    exit(1);
}
while (socket_recv($socket, $message, 65536, 0) !== false) {
    echo rtrim($message, "\n"), "\n";
}
