/*M!999999\- enable the sandbox mode */ 
-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)
--
-- Host: localhost    Database: yourls
-- ------------------------------------------------------
-- Server version	10.11.19-MariaDB-0+deb12u1

/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET @OLD_CHARACTER_SET_RESULTS=@@CHARACTER_SET_RESULTS */;
/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;
/*!40101 SET NAMES utf8mb4 */;
/*!40103 SET @OLD_TIME_ZONE=@@TIME_ZONE */;
/*!40103 SET TIME_ZONE='+00:00' */;
/*!40014 SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;
/*!40111 SET @OLD_SQL_NOTES=@@SQL_NOTES, SQL_NOTES=0 */;

--
-- Table structure for table `yourls_log`
--

DROP TABLE IF EXISTS `yourls_log`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `yourls_log` (
  `click_id` int(11) NOT NULL AUTO_INCREMENT,
  `click_time` datetime NOT NULL,
  `shorturl` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `referrer` varchar(200) NOT NULL,
  `user_agent` varchar(255) NOT NULL,
  `ip_address` varchar(41) NOT NULL,
  `country_code` char(2) NOT NULL,
  PRIMARY KEY (`click_id`),
  KEY `shorturl` (`shorturl`)
) ENGINE=InnoDB AUTO_INCREMENT=55 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `yourls_log`
--

LOCK TABLES `yourls_log` WRITE;
/*!40000 ALTER TABLE `yourls_log` DISABLE KEYS */;
INSERT INTO `yourls_log` VALUES
(1,'2016-03-02 09:00:52','long','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','192.0.2.77','US'),
(2,'2016-04-22 02:59:41','it-s','https://news.example.net/item%20one','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','198.51.100.23','IN'),
(3,'2016-05-17 12:57:42','gone','direct','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','203.0.113.9','US'),
(4,'2016-07-12 13:57:27','old','https://www.example.com/o\'clock','-','192.0.2.77','FR'),
(6,'2016-08-11 13:54:21','a','https://www.example.com/o\'clock','It\'s \"quoted\" \\ and; more','2001:db8:85a3::8a2e:370:7334','IN'),
(7,'2016-09-18 09:57:47','aB','direct','It\'s \"quoted\" \\ and; more','203.0.113.9','DE'),
(8,'2016-10-10 06:02:45','aB','https://www.example.org/page?a=1&b=2','curl/8.8.0','','IN'),
(9,'2016-11-03 21:13:29','long','https://www.example.org/page?a=1&b=2','It\'s \"quoted\" \\ and; more','203.0.113.9',''),
(10,'2016-12-07 22:10:42','ünïcode','https://www.example.org/page?a=1&b=2','It\'s \"quoted\" \\ and; more','',''),
(11,'2017-01-27 10:42:20','Ab','https://www.example.org/page?a=1&b=2','It\'s \"quoted\" \\ and; more','2001:db8::1','US'),
(12,'2017-03-16 15:17:20','a','https://www.example.org/page?a=1&b=2','-','192.0.2.1','FR'),
(13,'2017-05-13 00:57:34','a','direct','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','2001:db8::1','FR'),
(14,'2017-06-15 04:20:30','a','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','192.0.2.77','US'),
(15,'2017-08-08 02:17:03','emoji','direct','Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36','192.0.2.77','DE'),
(16,'2017-09-18 18:16:53','aB','direct','-','','FR'),
(17,'2017-09-22 12:46:21','emoji','https://www.example.com/o\'clock','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','2001:db8:85a3::8a2e:370:7334','DE'),
(18,'2017-11-12 15:49:21','Ab','direct','Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36','198.51.100.23','DE'),
(19,'2017-12-22 06:39:03','a','https://news.example.net/item%20one','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','2001:db8::1','FR'),
(20,'2017-12-29 19:05:10','old','https://www.example.com/o\'clock','-','198.51.100.23','DE'),
(21,'2017-12-30 08:25:19','emoji','https://news.example.net/item%20one','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','192.0.2.77','IN'),
(22,'2018-02-22 16:46:28','it-s','direct','-','','IN'),
(23,'2018-03-16 08:32:31','ünïcode','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','','DE'),
(24,'2018-04-21 21:05:34','old','direct','It\'s \"quoted\" \\ and; more','192.0.2.77','US'),
(25,'2018-05-16 23:01:36','multi','https://www.example.com/o\'clock','It\'s \"quoted\" \\ and; more','','US'),
(26,'2018-06-11 01:30:09','it-s','https://www.example.com/o\'clock','-','192.0.2.77',''),
(27,'2018-07-04 18:40:55','emoji','direct','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','203.0.113.9','US'),
(28,'2018-08-07 20:10:00','ünïcode','https://www.example.com/o\'clock','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','198.51.100.23','IN'),
(29,'2018-09-21 13:37:33','a','direct','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','','DE'),
(30,'2018-11-18 19:17:55','ünïcode','direct','It\'s \"quoted\" \\ and; more','',''),
(31,'2018-12-07 07:02:47','emoji','https://www.example.com/o\'clock','curl/8.8.0','2001:db8::1','IN'),
(32,'2019-01-08 14:41:51','Ab','direct','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','2001:db8::1','IN'),
(33,'2019-01-21 21:55:13','a','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','192.0.2.1',''),
(34,'2019-02-06 02:02:41','old','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','198.51.100.23','FR'),
(35,'2019-03-15 18:57:59','it-s','https://news.example.net/item%20one','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','198.51.100.23','US'),
(36,'2019-03-25 11:12:32','a','https://news.example.net/item%20one','curl/8.8.0','203.0.113.9','FR'),
(37,'2019-05-21 02:22:46','gone','https://www.example.com/o\'clock','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','198.51.100.23','FR'),
(38,'2019-06-18 18:54:54','Ab','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','198.51.100.23','US'),
(39,'2019-08-10 17:48:44','ünïcode','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','192.0.2.77','US'),
(40,'2019-08-19 10:48:28','a','https://www.example.com/o\'clock','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','192.0.2.1',''),
(41,'2019-09-14 02:08:46','a','https://www.example.org/page?a=1&b=2','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','2001:db8:85a3::8a2e:370:7334','US'),
(42,'2019-10-07 06:25:19','old','direct','curl/8.8.0','192.0.2.77','FR'),
(43,'2019-11-14 10:23:39','old','direct','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','','FR'),
(44,'2019-11-19 11:27:15','old','direct','-','192.0.2.77','FR'),
(45,'2019-12-25 11:22:34','a','direct','curl/8.8.0','198.51.100.23','US'),
(46,'2020-02-16 10:26:25','old','https://news.example.net/item%20one','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','192.0.2.1',''),
(47,'2020-02-21 11:49:27','Ab','direct','Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36','2001:db8:85a3::8a2e:370:7334','DE'),
(48,'2020-03-02 21:31:42','old','direct','It\'s \"quoted\" \\ and; more','198.51.100.23','DE'),
(49,'2020-04-04 06:59:51','a','https://www.example.com/o\'clock','Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36','2001:db8::1',''),
(50,'2020-04-08 06:03:15','gone','direct','Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0','198.51.100.23','IN'),
(51,'2020-05-15 21:27:10','old','https://www.example.com/o\'clock','curl/8.8.0','198.51.100.23','US'),
(52,'2020-05-30 09:49:15','Ab','https://www.example.com/o\'clock','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','192.0.2.1','FR'),
(53,'2020-06-02 06:01:45','Ab','direct','Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1','198.51.100.23',''),
(54,'0000-00-00 00:00:00','a','direct','-','192.0.2.1','');
/*!40000 ALTER TABLE `yourls_log` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `yourls_options`
--

DROP TABLE IF EXISTS `yourls_options`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `yourls_options` (
  `option_id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `option_name` varchar(64) NOT NULL DEFAULT '',
  `option_value` longtext NOT NULL,
  PRIMARY KEY (`option_id`,`option_name`),
  KEY `option_name` (`option_name`)
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `yourls_options`
--

LOCK TABLES `yourls_options` WRITE;
/*!40000 ALTER TABLE `yourls_options` DISABLE KEYS */;
INSERT INTO `yourls_options` VALUES
(1,'version','1.9.2'),
(2,'active_plugins','a:1:{i:0;s:22:\"it\'s;a (1,\'x\') plugin\";}');
/*!40000 ALTER TABLE `yourls_options` ENABLE KEYS */;
UNLOCK TABLES;

--
-- Table structure for table `yourls_url`
--

DROP TABLE IF EXISTS `yourls_url`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
/*!40101 SET character_set_client = utf8mb4 */;
CREATE TABLE `yourls_url` (
  `keyword` varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '',
  `url` text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  `title` text DEFAULT NULL,
  `timestamp` timestamp NOT NULL DEFAULT current_timestamp(),
  `ip` varchar(41) NOT NULL,
  `clicks` int(10) unsigned NOT NULL,
  PRIMARY KEY (`keyword`),
  KEY `ip` (`ip`),
  KEY `timestamp` (`timestamp`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
/*!40101 SET character_set_client = @saved_cs_client */;

--
-- Dumping data for table `yourls_url`
--

LOCK TABLES `yourls_url` WRITE;
/*!40000 ALTER TABLE `yourls_url` DISABLE KEYS */;
INSERT INTO `yourls_url` VALUES
('0','https://www.example.com/zero','The code that PHP calls empty','2016-01-10 13:00:00','192.0.2.10',0),
('Ab','https://www.example.com/case?x=1&y=2','Case matters','2016-01-10 13:00:02','192.0.2.10',7),
('a','https://www.example.com/','One character','2016-01-10 13:00:01','192.0.2.10',12),
('aB','https://www.example.org/other-case','CafÃ© Ã  la crÃ¨me','2016-01-10 13:00:03','192.0.2.10',3),
('emoji','https://www.example.com/%F0%9F%8E%89#party','Party 🎉 für alle','2017-12-11 01:36:18','192.0.2.10',5),
('it-s','https://www.example.com/it\'s?q=\"quoted\"','O\'Reilly; DROP TABLE `yourls_url`; -- no comment /* none either */','2018-06-03 07:58:16','192.0.2.10',4),
('long','https://www.example.net/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/path/end','xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx','2019-03-01 04:59:59','192.0.2.10',2),
('multi','https://www.example.com/backslash\\path','Two\nlines\r\nand a tab	and \\n as text, 100\\%','2020-02-29 17:00:00','192.0.2.10',1),
('null','https://www.example.com/null',NULL,'2020-03-01 05:00:00','192.0.2.10',0),
('old','https://www.example.com/older-than-the-log','Clicked before YOURLS logged','2015-05-05 10:05:05','192.0.2.10',250),
('script','javascript:alert(1)','Refused by whoever takes it, not by the reader','2021-01-01 05:00:00','192.0.2.10',0),
('ünïcode','https://www.example.com/ünïcode','Ünïcode','2022-07-01 15:00:00','192.0.2.10',6);
/*!40000 ALTER TABLE `yourls_url` ENABLE KEYS */;
UNLOCK TABLES;
/*!40103 SET TIME_ZONE=@OLD_TIME_ZONE */;

/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
/*!40014 SET UNIQUE_CHECKS=@OLD_UNIQUE_CHECKS */;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;
/*!40101 SET CHARACTER_SET_RESULTS=@OLD_CHARACTER_SET_RESULTS */;
/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;
/*!40111 SET SQL_NOTES=@OLD_SQL_NOTES */;

-- Dump completed on 2026-11-28 23:29:49
