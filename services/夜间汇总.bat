@echo off
chcp 65001 >nul
setlocal
title 大走访夜间汇总
cd /d "%~dp0.."
set PYTHONUTF8=1
set "PY=%CD%\.venv\Scripts\python.exe"
if exist "%PY%" goto found
set "PY=py.exe"
where py.exe >nul 2>nul && goto found
set "PY=python.exe"
where python.exe >nul 2>nul && goto found
echo 没有找到 Python。请先按 README.zh-CN.md 安装，再双击本文件。
if /i not "%~1"=="/service" pause
exit /b 9
:found
if /i "%~1"=="/service" goto service
echo 正在做今晚的汇总：收表、收信、重出附件、对账、发信。请等它做完。
"%PY%" process.py nightly
set "CODE=%ERRORLEVEL%"
echo.
if "%CODE%"=="0" echo 做完了。
if not "%CODE%"=="0" echo 没有全部做完，代码 %CODE%，原因见上面的文字。没有丢东西，改好后再双击本文件。
pause
exit /b %CODE%
:service
"%PY%" process.py nightly --quiet
exit /b %ERRORLEVEL%
