<?php
require __DIR__ . '/lib.php';
require 'Symfony/Component/HttpClient/autoload.php';
// No name server has a say, for the time of this check.
$servers = file_get_contents('/etc/resolv.conf');
register_shutdown_function(fn () => file_put_contents('/etc/resolv.conf', $servers));
file_put_contents('/etc/resolv.conf', "nameserver 192.0.2.1\n");
require '/run/php/symfony_unix.php';
expect('way', 'by ccnproxy', way(json_encode($items)));
