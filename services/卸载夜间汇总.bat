@echo off
chcp 65001 >nul
setlocal
title 卸载大走访夜间汇总
schtasks /Query /TN "大走访夜间" >nul 2>nul
if errorlevel 1 goto none
schtasks /End /TN "大走访夜间" >nul 2>nul
schtasks /Delete /TN "大走访夜间" /F
if errorlevel 1 goto denied
echo.
echo 已经卸载：不再自动做夜间汇总。收件文件夹、存档、台账和排着队的信都没有动。
pause
exit /b 0
:none
echo 这台电脑上没有装夜间汇总，不用卸载。
pause
exit /b 0
:denied
echo.
echo 没有卸载成功。请在“卸载夜间汇总.bat”上点右键，选“以管理员身份运行”，再试一次。
pause
exit /b 1
